import { columnsNamed, readColumns } from '../../notion/columns.ts';
import { formulaReferences } from '../../notion/formula-references.ts';
import { isObject, type Json } from '../read-answer.ts';

/** Takes columns from a data source, and their names from the formulas and rollups that use them. */
export function hideColumns(properties: Json, names: ReadonlySet<string>): void {
  const columns = readColumns({ properties }) ?? [];
  const isHidden = (key: string) => columnsNamed(columns, key).some(({ name }) => names.has(name));
  for (const name of names) delete properties[name];
  for (const column of Object.values(properties).filter(isObject)) {
    blankFormula(column.formula, key => isHidden(key) || names.has(key));
    const { rollup } = column;
    if (isObject(rollup) && names.has(String(rollup.relation_property_name))) {
      Object.assign(rollup, { relation_property_name: '', relation_property_id: '' });
    }
  }
}

/** The same for columns at the other end of relations, which rollups and formulas name. */
export function hideColumnsElsewhere(column: Json, names: ReadonlySet<string>): void {
  blankFormula(column.formula, key => names.has(key));
  const { rollup } = column;
  if (isObject(rollup) && names.has(String(rollup.rollup_property_name))) {
    Object.assign(rollup, { rollup_property_name: '', rollup_property_id: '' });
  }
}

function blankFormula(formula: unknown, isHidden: (key: string) => boolean): void {
  if (!isObject(formula)) return;
  const keys = formulaReferences(String(formula.expression));
  if (keys === null || keys.some(isHidden)) formula.expression = '';
}
