// Keys go to the terminal from the start, without a click. The terminal is made on load, too,
// by a script that comes before this one.
addEventListener("load", () => document.querySelector(".xterm-helper-textarea")?.focus());
