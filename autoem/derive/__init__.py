"""The derivation: one sum of terms, read twice.

Hold the parameters and read the coefficients of T(latent): that is the posterior.  Hold
E[T(latent)] and read the functions of the parameters: that is Q, and its maximizer is the update.
"""
