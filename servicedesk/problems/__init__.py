"""Problems: the causes behind incidents."""
