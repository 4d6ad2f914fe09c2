"""Proofs and judges: simulation, brute force, certificates."""
