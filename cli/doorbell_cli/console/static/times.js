// The moment in the reader's own zone, where one hovers over a time.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

export function readerTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = `${exact.format(new Date(time.dateTime))} (${time.title})`;
  }
}
