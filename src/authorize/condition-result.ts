/** Whether a condition holds; `missing`: what it tests is not known or not of the type that it tests. */
export type ConditionResult = 'yes' | 'no' | 'missing';

export function yesIf(holds: boolean): ConditionResult {
  return holds ? 'yes' : 'no';
}

/** Both must hold. One that fails outweighs one that cannot be tested. */
export function both(a: ConditionResult, b: ConditionResult): ConditionResult {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'missing' || b === 'missing' ? 'missing' : 'yes';
}
