"""The science: pools, the classifier, query strategies and the simulation loop."""
