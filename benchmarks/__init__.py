"""What is measured, and never in a test."""
