import type { Node } from '../../world/records.ts';
import { ancestry, titleOf } from '../../world/tree.ts';
import type { World } from '../../world/world.ts';
import { addressOf } from '../reference.ts';
import { attribute } from './markup.ts';

/** The pages, databases and data sources above a node, nearest first. Blocks in between are not shown. */
export function ancestorsOf(world: World, node: Node): Node[] {
  return [...ancestry(world, node)].slice(1).filter(one => one.kind !== 'block');
}

/** `<ancestor-path>`: the whole chain above a node, one line for each. */
export function ancestorPath(world: World, node: Node): string {
  const lines = ancestorsOf(world, node).map((one, index) => ancestorLine(one, index));
  return lines.length === 0
    ? '<ancestor-path></ancestor-path>'
    : `<ancestor-path>\n${lines.join('\n')}\n</ancestor-path>`;
}

function ancestorLine(node: Node, index: number): string {
  const place = index === 0 ? 'parent' : `ancestor-${index + 1}`;
  const title = attribute(titleOf(node));
  if (node.kind === 'data_source') {
    return `<${place}-data-source url="collection://${node.id}" name="${title}"/>`;
  }
  return `<${place}-${node.kind} url="${addressOf(node.id)}" title="${title}"/>`;
}
