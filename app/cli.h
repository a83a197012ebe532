#pragma once

namespace quarry::app {

// The program: reads the command line, runs a command, prints errors. Returns the exit code.
int Run(int argc, char** argv);

}  // namespace quarry::app
