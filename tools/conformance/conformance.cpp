// build/conformance DIR: runs the conformance vectors in DIR through seatrial's own code. Exit status 0: all passed;
// 1: some failed; 2: the folder cannot be read, or wrong arguments.
#include <exception>
#include <iostream>
#include <string>

#include "sim/error.h"
#include "tools/conformance/runner.h"

int main(int argc, char** argv) {
  if (argc != 2 || std::string(argv[1]) == "--help") {
    std::ostream& out = argc == 2 ? std::cout : std::cerr;
    out << "usage: conformance DIR\nRuns every case of every *.json in DIR; exit status 0 if none failed.\n";
    return argc == 2 ? 0 : 2;
  }
  try {
    const seatrial::conformance::Tally tally = seatrial::conformance::run_folder(argv[1], std::cout);
    return tally.failed == 0 ? 0 : 1;
  } catch (const seatrial::InputError& error) {
    std::cerr << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "conformance: " << error.what() << "\n";
    return 3;
  }
}
