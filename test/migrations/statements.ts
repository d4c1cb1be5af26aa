import { type Node, parse } from 'libpg-query';

interface Statement {
  node: Node;
  /** Its beginning, on one line. */
  excerpt: string;
  /** What a comment line `-- compatible: <why>` between the statement before and this one says; null when there is none. */
  compatible: string | null;
}

const COMPATIBLE = /^-- compatible: *(\S.*)$/m;
const EXCERPT_CHARACTERS = 70;

/** The statements of a migration, as PostgreSQL's own parser takes them apart. Rejects with its message when it cannot. */
export async function statementsOf(sql: string): Promise<Statement[]> {
  // The parser counts bytes of UTF-8. A statement begins at its first word: what stands before it is comments.
  const bytes = Buffer.from(sql);
  let end = 0;
  return ((await parse(sql)).stmts ?? []).flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }) => {
    const before = bytes.toString('utf8', end, start);
    end = length === undefined ? bytes.length : start + length;
    const text = bytes.toString('utf8', start, end);
    if (stmt === undefined) return [];
    return {
      node: stmt,
      excerpt: text.replace(/\s+/g, ' ').slice(0, EXCERPT_CHARACTERS),
      compatible: COMPATIBLE.exec(before)?.[1] ?? null,
    };
  });
}
