#include "app/cli.h"

int main(int argc, char** argv) { return quarry::app::Run(argc, argv); }
