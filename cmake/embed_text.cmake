# Writes OUTPUT, a .cpp that defines the string_view SYMBOL with the text of INPUT (see embed.cmake). The raw string is
# split into chunks below the 16 kB that some compilers accept; bytes are kept as they are.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" hex_length)
math(EXPR bytes "${hex_length} / 2")
file(READ ${INPUT} text)
string(FIND "${text}" ")embed\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${INPUT} contains the end mark of the raw string")
endif()
string(LENGTH "${text}" length)
set(chunks "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 chunk)
  string(APPEND chunks "    R\"embed(${chunk})embed\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUTPUT}
  "// Generated from a file of the tree; see cmake/embed.cmake.\n#include <string_view>\n\nnamespace seatrial {\n"
  "extern const std::string_view ${SYMBOL};\n"
  "constinit const std::string_view ${SYMBOL}(\n${chunks}    , ${bytes});\n}\n")
