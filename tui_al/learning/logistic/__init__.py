"""The optimum of L2-regularised logistic regression, by preconditioned conjugate gradients.

Minimised is f(w, b) = sum of log losses + |w|^2 / 2, intercepts b free: the problem of
scikit-learn's `LogisticRegression(C=1)`. Every Hessian of f is at least the identity in w,
so half the squared gradient bounds what is left to gain; that certificate ends the iteration.

The preconditioner is the Hessian with every text's class covariance replaced by one number
(compare the bound of Böhning 1992, "Multinomial logistic regression algorithm"). It is exact
for probabilities that are all alike, and near enough for steps of about Newton's quality.
Class scores are laid out (K, n), classes first, so that sums over classes run along memory.
"""
