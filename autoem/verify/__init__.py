"""What judges a derivation: simulation, brute force, proofs, and the certificate they make.

    simulate         data from the declaration
    reference        likelihood and posterior by enumeration and quadrature, densities of scipy
    evaluate_terms   the terms of a derivation as numbers;   ground: as symbols at a small size
    obligations/     what has to be shown, one idea a file
    examine          verify(derivation) -> Certificate

Nothing is imported here: to simulate data needs none of the rest.
"""
