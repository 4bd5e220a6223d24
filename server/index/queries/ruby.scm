(module name: (_) @name) @module
(class name: (_) @name) @class
(method name: (_) @name) @function
(singleton_method name: (_) @name) @function
(assignment left: (constant) @name) @constant
(alias name: (_) @name) @function
(class
  body: (body_statement
    (call method: (identifier) arguments: (argument_list . (simple_symbol) @name)) @property))
(comment) @comment
