/** Creates elements. Every value becomes text: the page has no way to insert markup. */

type Child = Node | string | undefined

interface Attributes {
  readonly class?: string | undefined
  readonly title?: string | undefined
  readonly data?: Readonly<Record<string, string>>
  readonly attributes?: Readonly<Record<string, string>>
}

export const create = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { class: className, title, data, attributes }: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  if (className !== undefined) element.className = className
  if (title !== undefined) element.title = title
  if (data !== undefined) Object.assign(element.dataset, data)
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value)
  element.append(...children.filter((child) => child !== undefined))
  return element
}

/** The page's own markup contains the element. */
export const find = <T extends HTMLElement>(id: string, type: new () => T): T => {
  const element = document.getElementById(id)
  if (element instanceof type) return element
  throw new Error(`The page lacks #${id}.`)
}

/** Changes the text only if it differs: a screen reader reads each change. */
export const setText = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

export interface Column<Row> {
  readonly title: string
  /** `name` for the first column; `middle` and `wide` leave narrow pages. */
  readonly class?: string
  readonly cell: (row: Row) => Child
}

/** The first column is the header of its row. */
export const createRow = <Row>(row: Row, columns: readonly Column<Row>[]): HTMLTableRowElement =>
  create(
    'tr',
    {},
    ...columns.map(({ class: className = '', cell }, index) =>
      index === 0
        ? create('th', { class: className, attributes: { scope: 'row' } }, cell(row))
        : create('td', { class: className }, cell(row)),
    ),
  )

export const createTable = <Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): HTMLTableElement =>
  create(
    'table',
    {},
    create('caption', { class: 'hidden' }, caption),
    create(
      'thead',
      {},
      create(
        'tr',
        {},
        ...columns.map(({ title, class: className = '' }) =>
          create('th', { class: className, attributes: { scope: 'col' } }, title),
        ),
      ),
    ),
    create('tbody', {}, ...rows.map((row) => createRow(row, columns))),
  )

/** A wide table scrolls within its region, also by keyboard. */
export const toScrollRegion = (region: HTMLElement, labelledBy: string): void => {
  region.tabIndex = 0
  region.role = 'group'
  region.setAttribute('aria-labelledby', labelledBy)
}
