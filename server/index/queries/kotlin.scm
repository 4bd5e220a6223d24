(class_declaration (modifiers (class_modifier "enum")) name: (_) @name) @enum
(class_declaration "interface" name: (_) @name) @interface
(class_declaration name: (_) @name) @class
(object_declaration name: (_) @name) @class
(companion_object name: (_) @name) @class
(enum_entry (identifier) @name) @constant
(function_declaration name: (_) @name) @function
(source_file (property_declaration (variable_declaration (identifier) @name)) @variable)
(class_body (property_declaration (variable_declaration (identifier) @name)) @field)
(class_parameter ["val" "var"] (identifier) @name) @field
(type_alias type: (identifier) @name) @type
[(line_comment) (block_comment)] @comment
