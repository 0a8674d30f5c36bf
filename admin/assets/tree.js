// Categories are dragged to another place of the tree; the buttons of each row do the same without this.
// SPDX-License-Identifier: Apache-2.0

const tree = document.querySelector("[data-tree]");
const rowOf = (element) => element?.closest?.("[data-tree-id]");
let dragged = null;

/* The row and all below it. */
function branchOf(row) {
  const branch = [row];
  for (let next = row.nextElementSibling; next && Number(next.dataset.treeDepth) > Number(row.dataset.treeDepth); next = next.nextElementSibling) branch.push(next);
  return branch;
}

/* Where a pointer over a row would put it: before it, behind it, or below it when the pointer is in its middle. */
function placeAt(row, y) {
  const { top, height } = row.querySelector("summary").getBoundingClientRect();
  const part = (y - top) / height;
  return part < 0.3 ? "before" : part > 0.7 ? "behind" : "below";
}

function unmark() {
  for (const row of tree.querySelectorAll("[data-tree-place]")) delete row.dataset.treePlace;
}

function nextSibling(row) {
  const next = branchOf(row).at(-1).nextElementSibling;
  return next && next.dataset.treeParent === row.dataset.treeParent ? next.dataset.treeId : "";
}

async function drop(row, place) {
  const { treeId, treeParent } = row.dataset;
  const body = new URLSearchParams(
    place === "below" ? { parent: treeId } : place === "before" ? { parent: treeParent, before: treeId } : { parent: treeParent, before: nextSibling(row) });
  const answer = await fetch(`${tree.dataset.tree}${dragged.dataset.treeId}/move`, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (answer && (answer.ok || answer.type === "opaqueredirect")) return location.reload();
  const note = tree.parentElement.querySelector(".tree-failed") ?? document.createElement("p");
  note.className = "notice is-bad tree-failed";
  note.setAttribute("role", "alert");
  note.textContent = tree.dataset.treeFailed;
  tree.before(note);
}

tree?.querySelectorAll("[data-tree-grip]").forEach((grip) => (grip.draggable = true));
tree?.addEventListener("dragstart", (e) => {
  if (!e.target.closest("[data-tree-grip]")) return;
  dragged = rowOf(e.target);
  e.dataTransfer.effectAllowed = "move";
  e.dataTransfer.setDragImage(dragged, 12, 12);
});
tree?.addEventListener("dragover", (e) => {
  const row = rowOf(e.target);
  unmark();
  if (!dragged || !row || branchOf(dragged).includes(row)) return;
  e.preventDefault();
  row.dataset.treePlace = placeAt(row, e.clientY);
});
tree?.addEventListener("drop", (e) => {
  const row = rowOf(e.target);
  e.preventDefault();
  if (row?.dataset.treePlace) drop(row, row.dataset.treePlace);
  unmark();
});
tree?.addEventListener("dragend", () => {
  unmark();
  dragged = null;
});
