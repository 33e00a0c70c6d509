// The program: hands over to the CLI library, which owns everything.

import CLI
import Glibc

exit(apusMain(CommandLine.arguments))
