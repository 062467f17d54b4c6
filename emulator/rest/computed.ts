import type { Call } from '../http/route.ts';
import type { DataSourceNode, PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { plainText } from '../world/rich-text.ts';
import { dataSourceOfRow } from '../world/tree.ts';
import { evaluateFormula } from './formula.ts';
import type { FormulaResult } from './formula-functions.ts';
import { type RollupConfig, rollupValue } from './rollup.ts';

type FormulaConfig = Extract<PropertyConfig, { type: 'formula' }>;

/** Formulas and rollups can lead to each other, even in a circle: past this depth a value is unsupported. */
const DEPTH_MAX = 10;

/** Reads another property on the way to a computed one; `depth` counts the steps. */
type ReadProperty = (page: PageNode, config: PropertyConfig, depth: number) => PropertyValue;

/** The value of a formula or rollup, worked out from this row and the rows related to it. */
export function computedValue(
  call: Call,
  page: PageNode,
  config: FormulaConfig | RollupConfig,
  depth: number,
  read: ReadProperty,
): PropertyValue {
  if (depth >= DEPTH_MAX) return tooDeep(config);
  const next = (row: PageNode, target: PropertyConfig) => read(row, target, depth + 1);
  const source = dataSourceOfRow(call.world, page);
  if (config.type === 'formula') {
    const operandNamed = (name: string) => {
      const target = source === null ? null : configNamed(source, name);
      return target === null ? null : operand(next(page, target));
    };
    const now = new Date(call.world.clock.now());
    return { id: config.id, type: 'formula', formula: evaluateFormula(config.formula.expression, operandNamed, now) };
  }
  const rolledUp = (row: PageNode, propertyId: string) => {
    const target = dataSourceOfRow(call.world, row)?.schema.get(propertyId);
    return target === undefined ? null : next(row, target);
  };
  return { id: config.id, type: 'rollup', rollup: rollupValue(call, page, config, rolledUp) };
}

function tooDeep(config: FormulaConfig | RollupConfig): PropertyValue {
  const nothing = { type: 'unsupported' as const, unsupported: {} };
  if (config.type === 'formula') return { id: config.id, type: 'formula', formula: nothing };
  return { id: config.id, type: 'rollup', rollup: { ...nothing, function: config.rollup.function } };
}

function configNamed(source: DataSourceNode, name: string): PropertyConfig | null {
  for (const config of source.schema.values()) if (config.name === name || config.id === name) return config;
  return null;
}

/** A property as an operand of a formula. */
function operand(value: PropertyValue): FormulaResult {
  switch (value.type) {
    case 'title':
      return plainText(value.title);
    case 'rich_text':
      return plainText(value.rich_text);
    case 'number':
      return value.number;
    case 'checkbox':
      return value.checkbox;
    case 'select':
      return value.select?.name ?? null;
    case 'status':
      return value.status?.name ?? null;
    case 'multi_select':
      return value.multi_select.map(option => option.name).join(', ');
    case 'date':
      return value.date === null ? null : new Date(value.date.start);
    case 'url':
      return value.url;
    case 'email':
      return value.email;
    case 'phone_number':
      return value.phone_number;
    case 'created_time':
      return new Date(value.created_time);
    case 'last_edited_time':
      return new Date(value.last_edited_time);
    case 'relation':
      return value.relation.length;
    case 'unique_id':
      return value.unique_id.number;
    case 'formula':
      return value.formula.type === 'number'
        ? value.formula.number
        : value.formula.type === 'string'
          ? value.formula.string
          : null;
    case 'rollup':
      return value.rollup.type === 'number' ? value.rollup.number : null;
    default:
      return null;
  }
}
