# seatrial_embed(TARGET FILE SYMBOL): compiles a text file of the tree into TARGET as
#   namespace seatrial { extern const std::string_view SYMBOL; }
# A constant: nothing is copied or run at start-up. Rebuilt when the file changes. The text must not contain `)embed"`.
function(seatrial_embed target file symbol)
  set(output ${CMAKE_BINARY_DIR}/embedded/${symbol}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_SOURCE_DIR}/${file} -DOUTPUT=${output} -DSYMBOL=${symbol}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake
    COMMENT "embedding ${file}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
