"""Does what programs on notion-client (ramnes/notion-sdk-py) do, with the standard library alone.

Reads a page with its files, saves them, writes the page's files back as it read them, and copies its content into a new
page. Takes a JSON object on standard input: {"base_url", "auth", "page", "parent"}. Prints one: {"read", "again", "copied"},
lists of [name, sha256 of the content].
"""

import hashlib
import json
import os
import sys
import tempfile
import urllib.parse
import urllib.request


class Client:
    def __init__(self, auth: str, base_url: str):
        self.base_url = base_url + "/v1/"
        self.headers = {
            "Authorization": f"Bearer {auth}",
            "Notion-Version": "2022-06-28",
            "User-Agent": "ramnes/notion-sdk-py@2.5.0",
        }

    def request(self, path: str, method: str, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = dict(self.headers)
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.base_url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)


def save(url: str, directory: str):
    """Downloads without any header of its own, and saves under the name at the end of the address."""
    path, _ = urllib.request.urlretrieve(url, os.path.join(directory, url.split("/")[-1]))
    with open(path, "rb") as file:
        return [urllib.parse.unquote(os.path.basename(path)), hashlib.sha256(file.read()).hexdigest()]


def url_of(item: dict) -> str:
    return item[item["type"]]["url"]


def files_of(client: Client, page_id: str):
    return client.request(f"pages/{page_id}", "GET")["properties"]["Files"]["files"]


def blocks_of(client: Client, block_id: str):
    return client.request(f"blocks/{block_id}/children?page_size=100", "GET")["results"]


def saved(client: Client, page_id: str, directory: str):
    content = [block[block["type"]] for block in blocks_of(client, page_id)]
    return [save(url_of(item), directory) for item in [*files_of(client, page_id), *content]]


def main():
    given = json.load(sys.stdin)
    client = Client(given["auth"], given["base_url"])
    with tempfile.TemporaryDirectory() as directory:
        read = saved(client, given["page"], directory)
        files = files_of(client, given["page"])
        client.request(f"pages/{given['page']}", "PATCH", {"properties": {"Files": {"files": files}}})
        again = saved(client, given["page"], directory)
        children = [
            {"type": block["type"], block["type"]: {"external": {"url": url_of(block[block["type"]])}}}
            for block in blocks_of(client, given["page"])
        ]
        properties = {"Name": {"title": [{"text": {"content": "Copied"}}]}, "Files": {"files": files}}
        made = client.request("pages", "POST", {"parent": given["parent"], "properties": properties, "children": children})
        copied = saved(client, made["id"], directory)
    json.dump({"read": read, "again": again, "copied": copied}, sys.stdout)


main()
