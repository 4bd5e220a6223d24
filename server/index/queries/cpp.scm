(function_definition
  declarator: (reference_declarator (function_declarator declarator: (_) @name))) @function
(field_declaration declarator: (function_declarator declarator: (_) @name)) @declaration
(field_declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name))) @declaration
(field_declaration
  declarator: (reference_declarator (function_declarator declarator: (_) @name))) @declaration
(class_specifier name: (_) @name body: (_)) @class
(namespace_definition name: (_) @name) @module
(alias_declaration name: (_) @name) @type
(concept_definition name: (_) @name) @type
(declaration_list (declaration declarator: (init_declarator declarator: (identifier) @name)) @variable)
