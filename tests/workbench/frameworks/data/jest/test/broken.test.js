const missing = require("../src/missing");
