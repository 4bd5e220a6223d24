import "../src/missing.js";
