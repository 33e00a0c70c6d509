# What tools/bench is made of: clients (commands and what they print), server (nginx), machine (facts and CPU
# accounting), runner (one measured run, pairs in turn), cases (what is compared), report and chart (what
# comes out).
