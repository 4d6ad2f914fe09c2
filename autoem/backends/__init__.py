"""Printers of array programs: one package a target."""
