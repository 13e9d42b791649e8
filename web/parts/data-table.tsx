import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { greatest } from "../../host/sums.ts";

export interface Column<Row> {
  id: string;
  title: string;
  /** What the column is sorted by; rows without a value go last. */
  value(row: Row): number | string | undefined;
  /** What is shown instead. */
  cell?(row: Row): ComponentChildren;
  /** Numbers are set flush right, with a bar in proportion to the greatest. */
  numeric?: boolean;
  bar?: boolean;
}

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf(row: Row): string | number;
  isSelected?(row: Row): boolean;
}

interface Order {
  column: string;
  descending: boolean;
}

/** A table that is sorted by the column whose head is pressed, first downwards for numbers. */
export function DataTable<Row>({ caption, columns, rows, keyOf, isSelected }: Props<Row>) {
  const [order, setOrder] = useState<Order>();
  const sorted = useMemo(() => sort(rows, columns, order), [rows, columns, order]);
  const most = useMemo(
    () =>
      columns.map(({ value, bar }) => (bar ? greatest(rows, (row) => Number(value(row) ?? 0)) : 0)),
    [rows, columns],
  );
  const press = ({ id, numeric = false }: Column<Row>) => {
    const isSame = order?.column === id;
    setOrder({ column: id, descending: isSame ? !order.descending : numeric });
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="table-frame" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const { id, title, numeric } = column;
              const isSorted = order?.column === id;
              const direction = order?.descending ? "descending" : "ascending";
              return (
                <th
                  key={id}
                  scope="col"
                  class={numeric ? "numeric" : undefined}
                  aria-sort={isSorted ? direction : "none"}
                >
                  <button type="button" onClick={() => press(column)}>
                    {title}
                    <span class="arrow" aria-hidden="true">
                      {isSorted ? (order.descending ? "↓" : "↑") : ""}
                    </span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)} class={isSelected?.(row) ? "selected" : undefined}>
              {columns.map((column, i) => (
                <Cell key={column.id} column={column} row={row} most={most[i] ?? 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellProps<Row> {
  column: Column<Row>;
  row: Row;
  most: number;
}

function Cell<Row>({ column, row, most }: CellProps<Row>) {
  const { value, cell, numeric, bar } = column;
  const content = cell ? cell(row) : value(row);
  if (!numeric) return <td>{content}</td>;
  const width = bar && most > 0 ? (100 * Number(value(row) ?? 0)) / most : 0;
  return (
    <td class="numeric">
      {content}
      {width > 0 && <span class="cell-bar" style={{ width: `${width}%` }} aria-hidden="true" />}
    </td>
  );
}

function sort<Row>(rows: Row[], columns: Column<Row>[], order: Order | undefined): Row[] {
  const column = columns.find(({ id }) => id === order?.column);
  if (!column || !order) return rows;
  const sign = order.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    return (
      sign * (typeof left === "string" ? left.localeCompare(`${right}`) : left - Number(right))
    );
  });
}
