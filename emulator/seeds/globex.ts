import type { WorkspaceSeed } from './seed.ts';

/** Another company: nothing of it may ever show up in Acme's answers. */
export const globex: WorkspaceSeed = {
  key: 'globex',
  name: 'Globex',
  plan: 'plus',
  people: [
    { key: 'hank', name: 'Hank Owner', email: 'hank@globex.example' },
    { key: 'mona', name: 'Mona Member', email: 'mona@globex.example' },
  ],
  pages: [
    {
      key: 'root',
      title: 'Globex Home',
      ticked: true,
      content: 'The start page of Globex.',
      pages: [{ key: 'plans', title: 'Plans for the volcano', content: 'Top secret.' }],
      databases: [
        {
          key: 'assets',
          title: 'Assets',
          properties: { Name: 'title', Kind: 'select: Building, Vehicle' },
          rows: [{ Name: 'Headquarters', Kind: 'Building' }],
        },
      ],
    },
  ],
};

/** A second workspace that is also called Acme: names identify nothing. */
export const otherAcme: WorkspaceSeed = {
  key: 'other-acme',
  name: 'Acme',
  plan: 'free',
  people: [{ key: 'zoe', name: 'Zoe Zweite', email: 'zoe@acme-two.example' }],
  pages: [{ key: 'root', title: 'Start', ticked: true, content: 'Another company with the same name.' }],
};
