/* schema.h - the parts of the first migrations, as plain SQL. */
#ifndef LK_STORE_SCHEMA_H
#define LK_STORE_SCHEMA_H

extern const char lk_schema_office_tables[];
extern const char lk_schema_page_tables[];
extern const char lk_schema_views[];
extern const char lk_schema_waiting[];
extern const char lk_schema_guards[];
extern const char lk_schema_prefills[];
extern const char lk_schema_printed_values[];
extern const char lk_schema_pages_again[];

#endif
