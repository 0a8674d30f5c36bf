/* worker.js - keeps what was seen, for when the network is bad or gone.
 *
 * /sw.js gives it `build`: a version and the addresses of all files of one build, each named by its content. The files
 * and the pages of a build are kept together, and given up together when no page of it is open any more: what is shown
 * is always of one build. Pages come from the network when it answers, else as they were kept. What belongs to paying
 * is never kept. SPDX-License-Identifier: Apache-2.0 */

const id = [build.version, ...build.assets.map((url) => url.split('.').at(-2))].join('-');
const FILES = 'files-' + id;
const PAGES = 'pages-' + id;
const PICTURES = 'pictures';
const PICTURE_LIMIT = 200;
/* A slow network is waited for so long when the page was kept. */
const PATIENCE = 4000;
/* Pages fetched anew when a new build takes over. */
const CARRIED = 20;

/* What is kept, how many of it, the latest. */
const KINDS = [
  { is: /^(\/en)?\/products\/[^/]+$/, limit: 50 },
  { is: /^(\/en)?\/((categories|collections)\/[^/]+|products)?$/, limit: 30 },
  { is: /^(\/en)?\/cart$/, limit: 2 },
  { is: /^(\/en)?\/orders(\/[^/]+)?$/, limit: 20 },
  { is: /^(\/en)?\/(policies\/[^/]+|licence)$/, limit: 12 },
];
const kindOf = (url) => KINDS.find(({ is }) => is.test(url.pathname));

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin || request.headers.has('range')) return;
  if (request.destination === 'iframe' || request.headers.has('x-framed')) return; // a preview of the back office: nothing of it is kept
  if (url.pathname.startsWith('/assets/')) event.respondWith(file(request));
  else if (/^\/media\/.*\.(avif|webp|jpg|png|svg)$/.test(url.pathname)) event.respondWith(picture(request));
  else if (request.mode === 'navigate' || request.headers.get('accept') === 'text/html') {
    if (kindOf(url) || request.mode === 'navigate') event.respondWith(page(event, request, url));
  }
});

async function install() {
  await (await caches.open(FILES)).addAll([...build.assets, '/offline', '/en/offline']);
  const older = (await caches.keys()).filter((name) => name.startsWith('pages-') && name !== PAGES);
  for (const name of older) {
    const kept = await (await caches.open(name)).keys();
    for (const { url } of kept.slice(-CARRIED)) {
      try {
        await keep(new URL(url), await fetch(url, { headers: { Accept: 'text/html' } }));
      } catch { /* it is kept when it is seen again */ }
    }
  }
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => /^(files|pages)-/.test(name) && name !== FILES && name !== PAGES).map((name) => caches.delete(name)));
}

async function file(request) {
  return (await caches.match(request, { cacheName: FILES })) || fetch(request);
}

async function picture(request) {
  const cache = await caches.open(PICTURES);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200 && answer.type === 'basic') {
    await cache.put(request, answer.clone());
    await trim(cache, () => true, PICTURE_LIMIT);
  }
  return answer;
}

async function trim(cache, counts, limit) {
  const found = (await cache.keys()).filter(({ url }) => counts(new URL(url)));
  await Promise.all(found.slice(0, Math.max(0, found.length - limit)).map((request) => cache.delete(request)));
}

/* A page of another build is shown, but not kept among those of this one. */
const isOfThisBuild = (html) => (html.match(/\/assets\/[^"]+\.(?:js|css)/g) || []).every((url) => build.assets.includes(url));

async function keep(url, answer) {
  const kind = kindOf(url);
  if (!kind || answer.status !== 200 || answer.redirected || !answer.headers.get('content-type')?.startsWith('text/html')) return;
  const html = await answer.text();
  if (!isOfThisBuild(html)) return;
  const cache = await caches.open(PAGES);
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': answer.headers.get('content-security-policy') || "default-src 'self'", 'X-Kept-At': String(Date.now()) };
  await cache.put(url.href, new Response(html, { headers }));
  await trim(cache, (one) => kindOf(one) === kind, kind.limit);
}

/* The page says that it is not of now. */
async function keptPage(url) {
  const kept = await caches.match(url.href, { cacheName: PAGES });
  if (!kept) return null;
  const html = (await kept.text()).replace('<body ', `<body data-kept="${kept.headers.get('X-Kept-At')}" `);
  return new Response(html, { headers: kept.headers });
}

async function fromNetwork(event, request, url) {
  const answer = await fetch(request);
  const copy = answer.clone();
  event.waitUntil(keep(url, copy));
  return answer;
}

const lateness = (ms) => new Promise((resolve) => setTimeout(resolve, ms, 'late'));

async function page(event, request, url) {
  const network = fromNetwork(event, request, url);
  const first = await Promise.race([network.catch(() => 'lost'), lateness(PATIENCE)]);
  if (first !== 'lost' && first !== 'late') return first;
  const kept = await keptPage(url);
  if (kept) {
    event.waitUntil(network.catch(() => {}));
    return kept;
  }
  try {
    return await network;
  } catch (failure) {
    if (request.mode !== 'navigate') throw failure;
    return caches.match(url.pathname.startsWith('/en') ? '/en/offline' : '/offline', { cacheName: FILES });
  }
}
