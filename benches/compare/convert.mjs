// Converts legacy payloads to v2 JSON with Node and `qs`.
// It reads one payload per line, writes one body per line, and does not report losses.

import { createReadStream, writeSync } from "node:fs";
import { createRequire } from "node:module";

// `qs` is installed in the folder of the outputs, not in the folder of this file.
const qs = createRequire(`${process.env.QS_FOLDER ?? process.cwd()}/`)("qs");

const SERVICES = new Set(["whatsapp", "aim", "msn", "icq", "skype", "gtalk", "other"]);
const TYPES = {
  address: "address", website: "website", instant_message: "im", im: "im", skype: "skype", twitter: "twitter",
  linked_in: "linked_in", linkedin: "linked_in", facebook: "facebook",
};

// The v2 type and item of a record, or undefined.
function item({ type, data }) {
  const kind = TYPES[type] ?? TYPES[type.toLowerCase().replaceAll("-", "_")];
  switch (kind) {
    case "address": {
      const { address = "", city = "", state = "", zip = "" } = data;
      return address || city || state || zip ? ["address", { address, city, state, zip }] : undefined;
    }
    case "website":
      return data.url ? ["website", { url: data.url }] : undefined;
    case "im": {
      const service = (data.service ?? "").toLowerCase();
      const known = SERVICES.has(service) ? service : "other";
      return data.username ? ["instant_message", { service: known, username: data.username }] : undefined;
    }
    case "skype":
      return data.username ? ["instant_message", { service: "skype", username: data.username }] : undefined;
    case "twitter": {
      const display_feed = !["", "0", undefined].includes(data.display_feed);
      return data.username ? ["twitter", { username: data.username, display_feed }] : undefined;
    }
    case "linked_in":
    case "facebook":
      return data.profile_url ? [kind, { url: data.profile_url }] : undefined;
  }
}

function body(payload) {
  const { contact_data = [], ...others } = qs.parse(payload, { depth: 64, parameterLimit: Infinity, arrayLimit: 1000 });
  const items = {};
  for (const record of Object.values(contact_data)) {
    const made = item(record);
    if (made) (items[made[0]] ??= []).push(made[1]);
  }
  return JSON.stringify({ ...others, contact_data: items });
}

function write(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

let rest = "";
let out = "";
for await (const chunk of createReadStream(null, { fd: 0, encoding: "utf8", highWaterMark: 1 << 16 })) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) out += body(line) + "\n";
  write(out);
  out = "";
}
