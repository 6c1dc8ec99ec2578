
// Sorts tables by a pressed head, and shows the samples that the filters let pass. The text is part of an XML document.
(function () {
  "use strict";
  function number(cell) {
    var text = cell.textContent.trim().replace("\u2212", "-").replace(/,/g, "");
    var value = parseFloat(text);
    return isNaN(value) ? text.toLowerCase() : value;
  }
  function compare(a, b) {
    if (typeof a !== typeof b) { return typeof a === "number" ? -1 : 1; }
    return a > b ? 1 : b > a ? -1 : 0;
  }
  function sort(table, head) {
    var column = Array.from(head.parentNode.children).indexOf(head);
    var up = head.getAttribute("aria-sort") !== "ascending";
    table.querySelectorAll("thead th").forEach(function (h) { h.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    Array.from(table.tBodies).forEach(function (body) {
      var rows = Array.from(body.rows).filter(function (r) { return r.className !== "group"; });
      rows.sort(function (a, b) {
        return (up ? 1 : -1) * compare(number(a.cells[column]), number(b.cells[column]));
      });
      rows.forEach(function (r) { body.appendChild(r); });
    });
  }
  document.querySelectorAll("table.sorts").forEach(function (table) {
    table.querySelectorAll("thead th").forEach(function (head) {
      head.tabIndex = 0;
      head.title = "sort";
      head.addEventListener("click", function () { sort(table, head); });
      head.addEventListener("keydown", function (e) { if (e.key === "Enter") { sort(table, head); } });
    });
  });
  document.querySelectorAll(".samples").forEach(function (box) {
    var form = box.querySelector("form");
    var more = box.querySelector(".more");
    var lines = Array.from(box.querySelectorAll("details.sample"));
    var page = 20;
    var shown = page;
    function passes(line) {
      return Array.from(form.querySelectorAll("select")).every(function (s) {
        var has = line.dataset[s.name] || "";
        return s.value === "" ? true : s.value.charAt(0) === "!" ? has !== s.value.slice(1) : has === s.value;
      }) ? line.textContent.toLowerCase().indexOf(form.elements.words.value.toLowerCase()) >= 0 : false;
    }
    function draw() {
      var found = lines.filter(passes);
      lines.forEach(function (line) { line.hidden = true; });
      found.slice(0, shown).forEach(function (line) { line.hidden = false; });
      more.hidden = shown >= found.length;
      form.querySelector("output").textContent = found.length + " of " + lines.length + " problems";
    }
    form.hidden = false;
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    form.addEventListener("input", function () { shown = page; draw(); });
    more.addEventListener("click", function () { shown += page; draw(); });
    draw();
  });
})();
