/** How a terminal sets tables and words off. */
export interface Style {
  table(head: string[], rows: (string | number)[][], right?: string[]): string;
  heading(text: string): string;
  aside(text: string): string;
}
