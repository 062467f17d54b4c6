/** A page as Notion answers it; about 1 kB of JSON. */
export const onePage = {
  object: 'page',
  id: '59833787-2cf9-4fdf-8782-e53db20768a5',
  created_time: '2026-03-01T19:05:00.000Z',
  last_edited_time: '2026-07-06T20:25:00.000Z',
  created_by: { object: 'user', id: 'ee5f0f84-409a-440f-983a-a5315961c6e4' },
  last_edited_by: { object: 'user', id: '0c3e9826-b8f7-4f73-927d-2caaf86f1103' },
  cover: { type: 'external', external: { url: 'https://upload.example/6/62/Tuscankale.jpg' } },
  icon: { type: 'emoji', emoji: '🥬' },
  parent: { type: 'data_source_id', data_source_id: 'd9824bdc-8445-4327-be8b-5b47500af6ce' },
  in_trash: false,
  properties: {
    Price: { id: 'BJXS', type: 'number', number: 2.5 },
    Name: {
      id: 'title',
      type: 'title',
      title: [
        {
          type: 'text',
          text: { content: 'Tuscan kale', link: null },
          annotations: {
            bold: false,
            italic: false,
            strikethrough: false,
            underline: false,
            code: false,
            color: 'default',
          },
          plain_text: 'Tuscan kale',
          href: null,
        },
      ],
    },
  },
  url: 'https://app.notion.com/p/Tuscan-kale-598337872cf94fdf8782e53db20768a5',
  public_url: null,
  request_id: '7c3a3a4e-7a3c-4b6e-9c58-0b1d2f3a4b5c',
};

export const pagePath = `/v1/pages/${onePage.id}`;
