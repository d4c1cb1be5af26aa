export interface Selector {
  name: string;
  matchers: { label: string; equals: string | null }[];
}

const WORDS = new Set(['sum', 'max', 'min', 'by', 'and', 'or']);

/** The series that a PromQL expression asks for; `equals` is null where the matcher is not `=`. */
export function selectorsOf(expression: string): Selector[] {
  const bare = expression.replace(/\[[^\]]*\]|\bby \([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b([a-z][a-z_0-9]*)\b(?:\{([^}]*)\})?(?!\s*\()/g)]
    .filter(([, name = '']) => !WORDS.has(name))
    .map(([, name = '', matchers = '']) => ({
      name,
      matchers: [...matchers.matchAll(/([a-z_]+)(=~|!~|!=|=)"([^"]*)"/g)].map(
        ([, label = '', op, value = '']) => ({
          label,
          equals: op === '=' ? value : null,
        }),
      ),
    }));
}
