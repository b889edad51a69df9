// Much debug information: what a module that includes half of the standard library has.
#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <unordered_map>
#include <vector>

template <int N> std::string work(const std::string &s) {
    static std::map<std::string, std::vector<int>> seen;
    std::unordered_map<std::string, std::function<int(int)>> functions;
    functions[s] = [&](int n) { return n + N + int(seen[s].size()); };
    seen[s].push_back(functions[s](N));
    std::sort(seen[s].begin(), seen[s].end(),
              [](int a, int b) { return a % (N + 2) < b % (N + 2); });
    return std::regex_replace(s, std::regex("[a-z]+"), std::to_string(seen[s].back()));
}

template <int... N> std::string all(std::integer_sequence<int, N...>, const std::string &s) {
    return (work<N>(s) + ...);
}

extern "C" unsigned long entry(const char *s) {
    return all(std::make_integer_sequence<int, 40>(), s).size();
}
