"use strict";
// Keeps a page up to date: when the service says that something changed, the parts that show it are
// fetched again and put in place. Everything is there without this script; nothing is made here.
(() => {
  const parts = () => [...document.querySelectorAll("[data-live]")];
  const live = document.getElementById("live");
  const state = new Map(); // By part: its last text, when it was fetched, how long to wait.
  const isBusy = new Set();
  let source = null; // Tells what changed.
  let isOver = false;

  function say(text, on) {
    if (!live || live.textContent === text) return;
    live.textContent = text;
    live.dataset.state = on ? "on" : "off";
  }

  // A place in a part that is still there when the part is replaced.
  function pathTo(element, part) {
    if (element.id) return `#${CSS.escape(element.id)}`;
    const steps = [];
    for (let node = element; node !== part; node = node.parentElement) {
      const place = [...node.parentElement.children].indexOf(node) + 1;
      steps.unshift(`${node.localName}:nth-child(${place})`);
    }
    return `:scope > ${steps.join(" > ")}`;
  }

  // People who press or have selected something in a part are not disturbed; brushes of charts are
  // kept by the charts' own script.
  function isInUse(part) {
    if (part.matches(":active")) return true;
    const selection = getSelection();
    return !!selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  }

  function put(part, html) {
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const focus = active && { path: pathTo(active, part), href: active.getAttribute("href") };
    const scrolled = [...part.querySelectorAll(".scroll")].map((e) => [e.scrollLeft, e.scrollTop]);
    const open = [...part.querySelectorAll("details")].map((e) => e.open);
    const height = part.offsetHeight;
    part.style.minHeight = `${height}px`; // Nothing below moves while the part is empty.
    const template = document.createElement("template");
    template.innerHTML = html;
    part.replaceChildren(template.content);
    part.querySelectorAll(".scroll").forEach((e, i) => {
      if (scrolled[i]) [e.scrollLeft, e.scrollTop] = scrolled[i];
    });
    part.querySelectorAll("details").forEach((e, i) => { if (open[i]) e.open = true; });
    if (typeof tunerCharts !== "undefined") tunerCharts.enhance(part);
    part.style.minHeight = "";
    if (!focus) return;
    const same = focus.href && part.querySelector(`[href="${CSS.escape(focus.href)}"]`);
    const next = same || part.querySelector(focus.path);
    if (next) next.focus({ preventScroll: true });
  }

  // What the page shows was deleted: it stays as it was, and nothing more is asked.
  function end() {
    isOver = true;
    source?.close();
    say("Deleted", false);
  }

  async function refresh(part) {
    if (isOver) return;
    const known = state.get(part) || { text: null, time: 0, pause: 0 };
    state.set(part, known);
    if (isBusy.has(part)) { known.isStale = true; return; }
    const wait = known.time + known.pause - Date.now();
    if (document.hidden || isInUse(part) || wait > 0) {
      known.isStale = true;
      if (wait > 0) setTimeout(() => known.isStale && refresh(part), wait + 10);
      return;
    }
    isBusy.add(part);
    known.isStale = false;
    try {
      const response = await fetch(part.dataset.live, { headers: { Accept: "*/*" } });
      if (response.status === 401 || response.status === 403) { location.reload(); return; }
      if (response.status === 404) { end(); return; }
      if (!response.ok) return;
      const text = await response.text();
      // A chart is drawn again only as often as costs little: one part in a hundred of the time.
      const cost = /dur=([\d.]+)/.exec(response.headers.get("Server-Timing") || "");
      known.time = Date.now();
      known.pause = part.dataset.scope === "chart" ? Math.max(3000, 800 * (cost ? +cost[1] : 0)) : 900;
      if (text === known.text) return;
      known.text = text;
      put(part, text);
    } catch { say("Connection lost", false); } finally { isBusy.delete(part); }
    if (known.isStale) refresh(part);
  }

  // Charts are fetched when they come into view.
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) { seen.delete(entry.target); continue; }
      seen.add(entry.target);
      const isPending = entry.target.querySelector("[data-pending]");
      if (isPending || state.get(entry.target)?.isStale) refresh(entry.target);
    }
  }, { rootMargin: "300px" });

  function changed(part) {
    if (part.dataset.scope === "chart" && !seen.has(part)) {
      const known = state.get(part) || { text: null, time: 0, pause: 0 };
      known.isStale = true;
      state.set(part, known);
    } else { refresh(part); }
  }

  function concerns(part, news) {
    if (part.dataset.scope !== "training-job" || news.isPartial) return true;
    return news.trainingJobs.includes(part.dataset.trainingJob);
  }

  function listen() {
    if (isOver || !parts().length || !window.EventSource) return;
    const job = document.querySelector("[data-job][data-live]");
    const query = job ? `?job=${encodeURIComponent(job.dataset.job)}` : "";
    source = new EventSource(`/api/events${query}`);
    let isFirst = true;
    source.onopen = () => {
      say("Live", true);
      // Of what goes on, something may have changed since the page was made.
      const goesOn = document.querySelector("[data-status=running], [data-status=stopping]");
      if (!isFirst || goesOn) parts().forEach(changed);
      isFirst = false;
    };
    source.onmessage = (message) => {
      const news = JSON.parse(message.data);
      parts().filter((part) => concerns(part, news)).forEach(changed);
    };
    source.onerror = () => {
      say("Connection lost", false);
      if (source.readyState !== EventSource.CLOSED) return;
      // A refusal ends the stream for good. Where the session is over, the parts lead to signing
      // in; where there are many pages, they are asked for now and then instead.
      parts().forEach(changed);
      setTimeout(listen, 10000);
    };
    addEventListener("pagehide", () => source.close(), { once: true });
  }

  function followLog() {
    const log = document.getElementById("log");
    if (!log || !("running" in log.dataset)) return;
    const follow = document.getElementById("log-follow");
    const lengthMax = 1_000_000;
    log.scrollTop = log.scrollHeight;
    async function next() {
      if (isOver) return;
      let pause = 1000;
      try {
        const isShown = !document.hidden && (!follow || follow.checked);
        if (isShown) {
          const url = `${log.dataset.log}?after=${encodeURIComponent(log.dataset.mark)}`;
          const response = await fetch(url);
          if (response.ok) {
            const piece = await response.json();
            const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 30;
            if (piece.isStart) log.textContent = "";
            if (piece.text) log.append(piece.text);
            if (log.textContent.length > lengthMax) log.textContent = log.textContent.slice(-lengthMax / 2);
            if (isAtEnd && piece.text) log.scrollTop = log.scrollHeight;
            log.dataset.mark = piece.mark;
            if (piece.isFinished && !piece.text) return;
            if (piece.text.length > 60000) pause = 50;
          } else { pause = 5000; }
        }
      } catch { pause = 5000; }
      setTimeout(next, pause);
    }
    next();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const [part, known] of state) if (known.isStale && part.isConnected) refresh(part);
  });
  for (const part of document.querySelectorAll('[data-scope="chart"]')) observer.observe(part);
  setInterval(() => {
    for (const [part, known] of state) {
      const isShown = part.dataset.scope !== "chart" || seen.has(part);
      if (known.isStale && isShown && !isBusy.has(part)) refresh(part);
    }
  }, 2000);
  listen();
  followLog();
})();
