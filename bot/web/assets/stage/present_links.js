// Pages that a slide leads to. The server is asked first, so that no error page of the browser's own
// comes up before the room; what is wrong is one line on the slide instead.
const MOST_MS = 2500;
const SHOWN_MS = 12_000;
const UNREACHED = "The server does not answer just now. The slides go on without it.";
const GONE = "This working is no longer kept: reload the deck, and it can be shown again.";

const line = document.getElementById("remark");
let timer = 0;

export const remark = (sentence) => {
  clearTimeout(timer);
  line.textContent = sentence;
  if (sentence) timer = setTimeout(() => remark(""), SHOWN_MS);
};

const faultOf = async (href) => {
  try {
    const reply = await fetch(href, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(MOST_MS) });
    return reply.ok ? "" : reply.status === 404 ? GONE : UNREACHED;
  } catch {
    return UNREACHED;
  }
};

export const follow = async (href) => {
  const fault = await faultOf(href);
  remark(fault);
  if (!fault) window.open(href, "_blank", "noopener");
};
