// The bilingual table, the translations taken from it and a dictionary as read-only data of the program. See
// model/shipped_table.h and model/term_translations.h.
  .section .rodata
  .balign 64
  .global quarry_shipped_table_begin
  .global quarry_shipped_table_end
quarry_shipped_table_begin:
  .incbin QUARRY_SHIPPED_TABLE
quarry_shipped_table_end:
  .byte 0
  .balign 64
  .global quarry_shipped_translations_begin
  .global quarry_shipped_translations_end
quarry_shipped_translations_begin:
  .incbin QUARRY_SHIPPED_TRANSLATIONS
quarry_shipped_translations_end:
  .byte 0
  .balign 64
  .global quarry_shipped_dictionary_begin
  .global quarry_shipped_dictionary_end
quarry_shipped_dictionary_begin:
  .incbin QUARRY_SHIPPED_DICTIONARY
quarry_shipped_dictionary_end:
  .byte 0
#if defined(__linux__) && defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
