import { hash } from "node:crypto";

/**
 * SHA-256 of a text's UTF-8, its first 16 digits in hexadecimal: a slice of all of them would keep the others too. Findings
 * get their ids by it; what judges knows no module of Node.
 */
export function digest(text: string): string {
  return hash("sha256", text, "buffer").toString("hex", 0, 8);
}
