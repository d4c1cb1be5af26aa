import { aggregationOf, countsDays, measuredIn, takesField } from '../aggregations.ts';
import { canonicalJson } from '../canonical.ts';
import { DefinitionError } from '../definition-error.ts';
import type { FormulaIr, IntExpression, MeasureIr, SourceIr } from '../ir.ts';
import { fieldOf, lowerCondition } from './conditions.ts';
import { shift } from './shift.ts';
import type { Feature, Over, Term } from './terms.ts';

const MOST_TERMS = 200;

/** An expression with the power of ten that its integers are multiplied by, and its unit. */
interface Scaled {
  expression: IntExpression;
  scale: number;
  unit: string;
}

/** Turns the terms of one view into IR: collects its measures, aligns scales, and notes faults instead of stopping at the first. */
export class Lowering {
  readonly measures = new Map<string, MeasureIr>();
  readonly faults: string[] = [];
  private readonly source: SourceIr;
  /** The feature at hand, for messages. */
  private where = '';
  /** Terms of the feature at hand so far. */
  private terms = 0;

  constructor(source: SourceIr) {
    this.source = source;
  }

  feature(where: string, feature: Feature): { formula: FormulaIr; unit: string } {
    this.where = where;
    this.terms = 0;
    if (feature.last === 'value') {
      const of = this.term(feature.of);
      return { formula: { op: 'value', of: of.expression, scale: of.scale }, unit: of.unit };
    }
    const above = this.term(feature.above);
    const below = this.term(feature.below);
    const numerator = above.scale >= below.scale ? above.expression : scaleUp(above, below.scale);
    const scale = Math.max(above.scale, below.scale) / below.scale;
    const unit = above.unit === below.unit ? '' : above.unit;
    return { formula: { op: 'quotient', numerator, denominator: below.expression, scale }, unit };
  }

  private term(term: Term): Scaled {
    this.terms += 1;
    if (this.terms > MOST_TERMS) {
      throw new DefinitionError([
        `${this.where} has more than ${MOST_TERMS} terms, or contains itself; split it into several features`,
      ]);
    }
    switch (term.term) {
      case 'aggregate':
        return this.aggregate(term);
      case 'daysSinceLast':
        return { expression: { op: 'days_since_last' }, scale: 1, unit: 'days' };
      case 'daysSinceFirst':
        return { expression: { op: 'days_since_first' }, scale: 1, unit: 'days' };
      case 'latest':
        return this.latest(term.field);
      case 'constant':
        return this.constant(term.value);
      default:
        return this.arithmetic(term.term, this.term(term.left), this.term(term.right));
    }
  }

  private aggregate({ kind, field: name, over }: Extract<Term, { term: 'aggregate' }>): Scaled {
    const aggregation = aggregationOf({ kind });
    const { id, words } = aggregation;
    if (countsDays(aggregation) && over.days === undefined)
      this.faults.push(
        `${this.where}: ${words(name ?? '')} are known over a window only, since older days are forgotten; give it { days: ... }`,
      );
    if (name === undefined) return this.window({ id, kind, where: null }, over, 1, '');
    const field = fieldOf(this.where, this.source, name, this.faults);
    if (field !== undefined && !takesField(kind, field))
      this.faults.push(
        `${this.where}: ${name} is a ${field.type}, of which there is no ${kind}; count the events with a value: count({ where: { field: '${name}', op: '=', value: ... } })`,
      );
    const measure: MeasureIr = { id: `${id}_${name}`, kind, field: name, where: null };
    const { scale, unit } = measuredIn(aggregation, field);
    return this.window(measure, over, scale, unit);
  }

  private latest(name: string): Scaled {
    const field = fieldOf(this.where, this.source, name, this.faults);
    const scale = 10 ** (field?.scale ?? 0);
    return { expression: { op: 'latest', field: name }, scale, unit: field?.currency ?? '' };
  }

  private window(plain: MeasureIr, over: Over, scale: number, unit: string): Scaled {
    const where =
      over.where === undefined ? null : lowerCondition(this.where, this.source, over.where, this.faults);
    const named =
      where === null
        ? plain.id
        : `${plain.id}_${where.field}_${OPERATORS[where.op]}_${`${where.value}`.replace('-', 'm')}`;
    const id = this.idFor(named, { ...plain, where });
    const days = over.days ?? null;
    if (days !== null && (!Number.isInteger(days) || days < 1 || days > 3650)) {
      this.faults.push(`${this.where}: a window of ${days} days; days must be a whole number from 1 to 3650`);
    }
    this.measures.set(id, { ...plain, id, where });
    return { expression: { op: 'window', measure: id, days }, scale, unit };
  }

  /** `named`, or with a number behind it where two measures come to the same name (a sum of a_b, one of a where b ...). */
  private idFor(named: string, measure: MeasureIr): string {
    for (let number = 1; ; number++) {
      const id = number === 1 ? named : `${named}_${number}`;
      const other = this.measures.get(id);
      if (other === undefined || canonicalJson(other) === canonicalJson({ ...measure, id })) return id;
    }
  }

  private constant(value: number): Scaled {
    for (let digits = 0; digits <= 6; digits++) {
      const scaled = shift(value, digits);
      if (scaled !== undefined)
        return { expression: { op: 'const', value: scaled }, scale: 10 ** digits, unit: '' };
    }
    this.faults.push(
      `${this.where}: the constant ${value} is not a number of at most 6 decimal places; round it`,
    );
    return { expression: { op: 'const', value: 0 }, scale: 1, unit: '' };
  }

  private arithmetic(op: 'plus' | 'minus' | 'times', left: Scaled, right: Scaled): Scaled {
    const unit = left.unit === '' ? right.unit : left.unit;
    if (op === 'times') {
      return {
        expression: { op: 'mul', left: left.expression, right: right.expression },
        scale: left.scale * right.scale,
        unit,
      };
    }
    if (left.unit !== right.unit && left.unit !== '' && right.unit !== '')
      this.faults.push(
        `${this.where} ${op === 'plus' ? 'adds' : 'subtracts'} ${left.unit} and ${right.unit}; make two features of it, or a ratio`,
      );
    const scale = Math.max(left.scale, right.scale);
    const expression: IntExpression = {
      op: op === 'plus' ? 'add' : 'sub',
      left: scaleUp(left, scale),
      right: scaleUp(right, scale),
    };
    return { expression, scale, unit };
  }
}

const OPERATORS = { '>=': 'ge', '>': 'gt', '<=': 'le', '<': 'lt', '=': 'eq', '<>': 'ne' } as const;

/** The expression with its integers multiplied by `scale` in all; a constant is folded. */
function scaleUp(of: Scaled, scale: number): IntExpression {
  const factor = scale / of.scale;
  if (factor === 1) return of.expression;
  if (of.expression.op === 'const') return { op: 'const', value: of.expression.value * factor };
  return { op: 'mul', left: of.expression, right: { op: 'const', value: factor } };
}
