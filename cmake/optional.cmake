# Pieces that a machine may lack. Each absent one is reported in one line; what needs it is left out, and tests that
# need it skip themselves by name (they see an empty SEATRIAL_BROWSER, and so on).
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(SEATRIAL_SIMGRID QUIET simgrid)
endif()
if(NOT SEATRIAL_SIMGRID_FOUND)
  message(STATUS "SimGrid: absent; parts and tests that need it are left out")
endif()

find_package(SQLite3 QUIET)
if(NOT SQLite3_FOUND)
  message(STATUS "SQLite: absent; run --db and import nsight are left out")
endif()

# Declarations alone: the library itself is opened when a run first needs it, so that no other run pays for it.
find_path(SEATRIAL_CBC_INCLUDE coin/Cbc_C_Interface.h)
if(NOT SEATRIAL_CBC_INCLUDE)
  message(STATUS "CBC: absent; MIG layouts of a whole pool are found by the greedy method alone")
endif()

find_path(SEATRIAL_CLP_INCLUDE coin/Clp_C_Interface.h)
if(NOT SEATRIAL_CLP_INCLUDE)
  message(STATUS "Clp: absent; allocations by linear programmes (Gavel's policies) are left out")
endif()

find_program(SEATRIAL_NVCC nvcc HINTS /usr/local/cuda/bin)
if(NOT SEATRIAL_NVCC)
  message(STATUS "CUDA: absent; kernels of seatrial calibrate are left out")
endif()

find_path(SEATRIAL_CUPTI_INCLUDE cupti.h HINTS /usr/local/cuda/include /usr/local/cuda/extras/CUPTI/include)
find_library(SEATRIAL_CUPTI cupti HINTS /usr/local/cuda/lib64 /usr/local/cuda/extras/CUPTI/lib64)
if(NOT SEATRIAL_CUPTI_INCLUDE OR NOT SEATRIAL_CUPTI)
  message(STATUS "CUPTI: absent; the library of seatrial profile is left out")
endif()

find_program(SEATRIAL_BROWSER NAMES chromium chromium-browser google-chrome firefox)
if(NOT SEATRIAL_BROWSER)
  message(STATUS "browser: absent; tests of the report in a browser are skipped")
endif()
