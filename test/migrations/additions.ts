import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  IndexStmt,
  Node,
  RangeVar,
  UpdateStmt,
} from 'libpg-query';

/** What the statements before have made: the version before neither reads nor writes it. */
export interface Made {
  tables: Set<string>;
  /** As table.column. */
  columns: Set<string>;
}

const nameOf = (table: RangeVar | undefined) =>
  [table?.schemaname ?? [], table?.relname ?? []]
    .flat()
    .map((part) => JSON.stringify(part))
    .join('.');
const columnOf = (table: RangeVar | undefined, column: string | undefined) =>
  `${nameOf(table)}.${JSON.stringify(column)}`;

/**
 * Whether a statement is of a form that only adds, so that a version that does not know of it runs as before. Everything else is not, known or
 * unknown: what is harmless but rare has to be said. Keeps in `made` what the statement makes.
 */
export function onlyAdds(node: Node, made: Made): boolean {
  if ('CreateStmt' in node) return createsTable(node.CreateStmt, made);
  if ('AlterTableStmt' in node) return alters(node.AlterTableStmt, made);
  if ('IndexStmt' in node) return indexes(node.IndexStmt, made);
  if ('CreateFunctionStmt' in node) return node.CreateFunctionStmt.replace !== true;
  if ('ViewStmt' in node) return node.ViewStmt.replace !== true;
  if ('CreateTrigStmt' in node) return made.tables.has(nameOf(node.CreateTrigStmt.relation));
  if ('InsertStmt' in node) return writes(node.InsertStmt, made);
  if ('DeleteStmt' in node) return writes(node.DeleteStmt, made);
  if ('UpdateStmt' in node) return writes(node.UpdateStmt, made) || fills(node.UpdateStmt, made);
  return 'CommentStmt' in node || 'CreateSeqStmt' in node || 'CreateEnumStmt' in node;
}

function createsTable(statement: CreateStmt, made: Made): boolean {
  // With IF NOT EXISTS it may have been there.
  if (statement.if_not_exists !== true) made.tables.add(nameOf(statement.relation));
  // A partition, or an heir, shows and takes rows of the table that it belongs to.
  const heirOfNew = (statement.inhRelations ?? []).every(
    (parent) => 'RangeVar' in parent && made.tables.has(nameOf(parent.RangeVar)),
  );
  return heirOfNew && (statement.tableElts ?? []).every((element) => bindsNothing(element, made));
}

function alters({ relation, objtype, cmds = [] }: AlterTableStmt, made: Made): boolean {
  if (objtype !== 'OBJECT_TABLE' && objtype !== 'OBJECT_INDEX') return false;
  const isNew = made.tables.has(nameOf(relation));
  return cmds.every((cmd) => {
    if (!('AlterTableCmd' in cmd)) return false;
    const { subtype, def, missing_ok } = cmd.AlterTableCmd;
    if (subtype === 'AT_SetRelOptions' || subtype === 'AT_ResetRelOptions') return true;
    if (isNew) return altersNew(cmd.AlterTableCmd, made);
    if (subtype !== 'AT_AddColumn' || def === undefined || !('ColumnDef' in def)) return false;
    if (missing_ok !== true) made.columns.add(columnOf(relation, def.ColumnDef.colname));
    return mayStayUnwritten(def.ColumnDef);
  });
}

function altersNew({ subtype, def }: AlterTableCmd, made: Made): boolean {
  const tiesTables = subtype === 'AT_AttachPartition' || subtype === 'AT_AddInherit';
  return !tiesTables && (def === undefined || bindsNothing(def, made));
}

/** Whether a row can be written without the column, and nothing else is asked of it. */
function mayStayUnwritten({ constraints = [] }: ColumnDef): boolean {
  const all = constraints.flatMap((constraint) => ('Constraint' in constraint ? constraint.Constraint : []));
  const hasValue = all.some(({ contype, raw_expr }) => contype === 'CONSTR_DEFAULT' && !isNull(raw_expr));
  return all.every(
    ({ contype }) =>
      contype === 'CONSTR_NULL' || contype === 'CONSTR_DEFAULT' || (contype === 'CONSTR_NOTNULL' && hasValue),
  );
}

function isNull(expression: Node | undefined): boolean {
  if (expression === undefined) return true;
  if ('TypeCast' in expression) return isNull(expression.TypeCast.arg);
  return 'A_Const' in expression && expression.A_Const.isnull === true;
}

/** An index over plain columns refuses no row; one that computes, in a key or in its WHERE, may fail on what the version before writes. */
function indexes({ relation, unique, indexParams = [], whereClause }: IndexStmt, made: Made): boolean {
  if (made.tables.has(nameOf(relation))) return true;
  const plain = indexParams.every((param) => 'IndexElem' in param && param.IndexElem.expr === undefined);
  return unique !== true && plain && whereClause === undefined;
}

/** A new table's reference keeps rows from being deleted by a version that does not know of it, unless they take it along. */
function bindsNothing(element: Node, made: Made): boolean {
  const deletes = ({ fk_del_action }: Constraint) => fk_del_action === 'c' || fk_del_action === 'n';
  if ('ColumnDef' in element)
    return (element.ColumnDef.constraints ?? []).every((constraint) => bindsNothing(constraint, made));
  if (!('Constraint' in element) || element.Constraint.contype !== 'CONSTR_FOREIGN') return true;
  return made.tables.has(nameOf(element.Constraint.pktable)) || deletes(element.Constraint);
}

/** Rows of a new table only: WITH could write any other. */
const writes = (statement: { relation?: RangeVar }, made: Made) =>
  made.tables.has(nameOf(statement.relation)) && !hasInnerWrite(statement);

/** UPDATE of new columns only. */
const fills = (statement: UpdateStmt, made: Made) =>
  !hasInnerWrite(statement) &&
  (statement.targetList ?? []).every(
    (target) =>
      'ResTarget' in target && made.columns.has(columnOf(statement.relation, target.ResTarget.name)),
  );

// A quote within a string of the SQL is escaped: the pattern finds keys only.
const hasInnerWrite = (statement: object) =>
  /"(Insert|Update|Delete|Merge)Stmt":/.test(JSON.stringify(statement));
