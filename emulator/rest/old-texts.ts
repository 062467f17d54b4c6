import { isPlain, Mismatch, type Shape } from '../http/shape.ts';
import { isSince, RICH_TEXT_SINCE, type Version } from '../http/versions.ts';

/** Before 2022-02-22 blocks said `text` where they say `rich_text` since (changelog of that version). */
const OLD = 'text';
const NEW = 'rich_text';

/** A list of blocks of a request, with the name that its version has. */
export function blocksIn<T>(version: Version, shape: Shape<T>): Shape<T> {
  if (isSince(version, RICH_TEXT_SINCE)) return shape;
  return { read: (value, path) => shape.read(Array.isArray(value) ? value.map(modernBlock(path)) : value, path) };
}

function modernBlock(path: string): (block: unknown, index: number) => unknown {
  return (block, index) => modernContents(block, `${path}[${index}]`);
}

/** The same in an object that holds the content of blocks under their types: a block, or the body of an update. */
export function modernContents(holder: unknown, path: string): unknown {
  if (!isPlain(holder)) return holder;
  return Object.fromEntries(
    Object.entries(holder).map(([type, content]) => [type, modernContent(content, `${path}.${type}`)]),
  );
}

function modernContent(content: unknown, path: string): unknown {
  if (!isPlain(content)) return content;
  if (Object.hasOwn(content, NEW)) throw new Mismatch(`${path}.${NEW}`, 'not present', content[NEW]);
  const { [OLD]: text, children, ...rest } = content;
  return {
    ...rest,
    ...(text === undefined ? {} : { [NEW]: text }),
    ...(children === undefined
      ? {}
      : { children: Array.isArray(children) ? children.map(modernBlock(`${path}.children`)) : children }),
  };
}

/** A block's content as answers of the version show it. */
export function contentFor(version: Version, content: Record<string, unknown>): Record<string, unknown> {
  if (isSince(version, RICH_TEXT_SINCE) || !Object.hasOwn(content, NEW)) return content;
  const { [NEW]: text, ...rest } = content;
  return { [OLD]: text, ...rest };
}
