# What tools/panels is made of: the dashboards as a list of queries, the stores that answer them, and the run
# that fills the stores.
