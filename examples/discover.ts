// Everything that a workspace's connection can see, page after page, with nothing but fetch.
//
//     node examples/discover.ts http://localhost:8420 pcl_…
const [url = 'http://localhost:8420', key = ''] = process.argv.slice(2);

interface Discovered {
  readonly items: readonly { readonly id: string; readonly object: string; readonly title: string }[];
  readonly nextCursor: string | null;
}

async function* discover(): AsyncGenerator<Discovered['items'][number]> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `?${new URLSearchParams({ cursor })}`;
    const answer = await fetch(`${url}/api/discover${query}`, { headers: { authorization: `Bearer ${key}` } });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    const { items, nextCursor } = (await answer.json()) as Discovered;
    yield* items;
    cursor = nextCursor;
  }
}

for await (const { id, object, title } of discover()) console.log(id, object, title);
