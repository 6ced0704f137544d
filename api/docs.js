// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

"use strict";

const element = (name, text, ...children) => {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  e.append(...children);
  return e;
};

const nameOf = (ref) => ref.split("/").pop();

// describe writes a schema as indented lines: the name, the type, and what is said of it.
function describe(schema, all, depth = 0, seen = []) {
  if (!schema) return "";
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    if (seen.includes(name)) return name + " (as above)";
    return describe(all[name], all, depth, [...seen, name]);
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : schema.type || "anything";
  if (type === "array") return "list of " + describe(schema.items, all, depth, seen);
  if (!schema.properties) {
    const choices = schema.enum ? ": " + schema.enum.join(", ") : "";
    const format = schema.format ? " (" + schema.format + ")" : "";
    return type + format + choices;
  }
  const required = new Set(schema.required || []);
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(([name, value]) => {
    const note = value.description ? "  - " + value.description : "";
    return pad + name + (required.has(name) ? "*" : "") + ": " + describe(value, all, depth + 1, seen) + note;
  });
  return "object\n" + lines.join("\n");
}

function parameters(operation) {
  if (!operation.parameters || operation.parameters.length === 0) return [];
  const rows = operation.parameters.map((p) =>
    element("tr", "", element("td", p.name + (p.required ? "*" : "")), element("td", p.in),
      element("td", describe(p.schema, {})), element("td", p.description || (p.schema && p.schema.description) || "")));
  return [element("h4", "Parameters"), element("table", "", element("tbody", "", ...rows))];
}

function bodies(title, content, all) {
  return Object.entries(content || {}).flatMap(([type, media]) =>
    [element("h4", title + " " + type), element("pre", describe(media.schema, all))]);
}

function operationOf(method, path, operation, all) {
  const details = element("details");
  const summary = element("summary");
  const verb = element("code", method.toUpperCase());
  verb.className = "method";
  summary.append(verb, element("code", path), " ", operation.summary || "");
  details.append(summary, ...parameters(operation));
  if (operation.requestBody) details.append(...bodies("Request", operation.requestBody.content, all));
  for (const [status, response] of Object.entries(operation.responses || {})) {
    if (status >= "400") continue;
    details.append(...bodies("Answer " + status, response.content, all));
  }
  details.dataset.text = (method + " " + path + " " + operation.summary).toLowerCase();
  return details;
}

function show(api) {
  document.getElementById("about").textContent = api.info.description;
  const all = api.components.schemas;
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = (operation.tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationOf(method, path, operation, all));
    }
  }
  const main = document.getElementById("operations");
  for (const [tag, operations] of groups) main.append(element("section", "", element("h2", tag), ...operations));
  const problem = element("section", "", element("h2", "problems"), element("pre", describe(all.Problem, all)));
  main.append(problem);
}

document.getElementById("find").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const d of document.querySelectorAll("details")) d.hidden = !d.dataset.text.includes(wanted);
});

fetch("/openapi.json").then((answer) => answer.json()).then(show, () => {
  document.getElementById("about").textContent = "The description could not be read. Load the page again.";
});
