// SPDX-License-Identifier: Apache-2.0
// Small Markdown as a tree: headings, lists, paragraphs, **bold**, *italic*, `code` and links to web pages. What is anything else stays text.

export type Inline =
  | { readonly kind: "text" | "bold" | "italic" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: "heading" | "paragraph"; readonly content: readonly Inline[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] };

const inlineForms = /\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** Only what a browser may open without running anything; a path stays on this server. */
function isSafe(href: string): boolean {
  return /^https?:\/\//i.test(href) || /^\/(?!\/)/.test(href);
}

export function parseInline(text: string): Inline[] {
  const out: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(inlineForms)) {
    const [whole, bold, italic, code, label, href] = match;
    if (match.index > at) out.push({ kind: "text", text: text.slice(at, match.index) });
    if (bold !== undefined) out.push({ kind: "bold", text: bold });
    else if (italic !== undefined) out.push({ kind: "italic", text: italic });
    else if (code !== undefined) out.push({ kind: "code", text: code });
    else if (label !== undefined && href !== undefined && isSafe(href)) out.push({ kind: "link", text: label, href });
    else out.push({ kind: "text", text: whole });
    at = match.index + whole.length;
  }
  if (at < text.length) out.push({ kind: "text", text: text.slice(at) });
  return out;
}

export function parseMarkdown(text: string): Block[] {
  const out: Block[] = [];
  for (const part of text.split(/\n\s*\n/)) {
    const lines = part.split("\n").filter((l) => l.trim() !== "");
    const [first] = lines;
    if (first === undefined) continue;
    if (lines.every((l) => /^\s*[-*] /.test(l))) {
      out.push({ kind: "list", items: lines.map((l) => parseInline(l.replace(/^\s*[-*] /, ""))) });
    } else if (/^#{1,3} /.test(first)) {
      out.push({ kind: "heading", content: parseInline(first.replace(/^#{1,3} /, "")) });
      if (lines.length > 1) out.push(...parseMarkdown(lines.slice(1).join("\n")));
    } else {
      out.push({ kind: "paragraph", content: parseInline(lines.join(" ")) });
    }
  }
  return out;
}
