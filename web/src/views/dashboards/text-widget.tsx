// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "preact/hooks";
import { parseMarkdown, type Inline } from "../../lib/markdown";

function Words({ content }: { content: readonly Inline[] }) {
  return (
    <>
      {content.map((c, i) => {
        switch (c.kind) {
          case "bold": return <strong key={i}>{c.text}</strong>;
          case "italic": return <em key={i}>{c.text}</em>;
          case "code": return <code key={i}>{c.text}</code>;
          case "link": return <a key={i} href={c.href} rel="noreferrer">{c.text}</a>;
          case "text": return <span key={i}>{c.text}</span>;
        }
      })}
    </>
  );
}

export function TextWidget({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div class="widget-text">
      {blocks.map((b, i) => {
        switch (b.kind) {
          case "heading": return <h3 key={i}><Words content={b.content} /></h3>;
          case "list": return <ul key={i}>{b.items.map((item, j) => <li key={j}><Words content={item} /></li>)}</ul>;
          case "paragraph": return <p key={i}><Words content={b.content} /></p>;
        }
      })}
    </div>
  );
}
