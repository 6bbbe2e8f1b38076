/** *Pure.* Puts values into the `{places}` of a text. A place without a value stays visible, so that the mistake is seen. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
