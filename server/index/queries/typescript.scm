(public_field_definition name: (_) @name value: [(arrow_function) (function_expression)]) @function
(public_field_definition name: (_) @name) @field
(abstract_class_declaration name: (_) @name) @class
(abstract_method_signature name: (_) @name) @function
(method_signature name: (_) @name) @function
(function_signature name: (_) @name) @function
(property_signature name: (_) @name) @field
(interface_declaration name: (_) @name) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @enum
(enum_body (property_identifier) @name @constant)
(enum_assignment name: (_) @name) @constant
(internal_module name: (_) @name) @module
(module name: (_) @name) @module
